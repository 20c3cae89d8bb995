"""An executable replication of Meyes et al. 2020, *Under the Hood of Neural Networks*.

The rooms, in the order in which the study runs: ``data`` → ``network`` → ``training`` →
``activations`` and ``ablation`` → ``metrics`` → ``embedding`` → ``measurements`` → ``stats`` and
the claims → ``figures`` and ``report``.  A room imports only rooms before it.
"""

__version__ = "0.1.0"
