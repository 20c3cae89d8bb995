"""The paper's training loop (§3.1) as one writes it down: one network, one step at a time, by torch's own modules."""

import torch
from torch.nn import functional

from replication.network import Network, convolution_format
from replication.seeds import torch_generator
from replication.training.together import image_order


def train(network_id, profile, images):
    """The network and its mean loss per epoch; it computes in the images' arithmetic and on their device."""
    network = Network(torch_generator("init", str(network_id)))
    network.to(images.images).to(memory_format=convolution_format(images.images.device))
    optimiser = torch.optim.SGD(network.parameters(), lr=profile.learning_rate, momentum=profile.momentum)
    losses = []
    for epoch in range(profile.epochs):
        loss_sum = 0.0
        for rows in image_order(network_id, epoch, len(images)).split(profile.batch_size):
            loss_sum += float(step(network, optimiser, images.images[rows], images.labels[rows])) * len(rows)
        losses.append(loss_sum / len(images))
    return network, losses


def step(network, optimiser, images, labels):
    """Move down the gradient; the loss before it."""
    optimiser.zero_grad(set_to_none=True)
    loss = functional.nll_loss(network(images.contiguous(memory_format=convolution_format(images.device))), labels)
    loss.backward()
    optimiser.step()
    return loss.detach()
