"""An executable replication of Meyes et al. 2020, *Under the Hood of Neural Networks*.

The rooms, in order of dependency: ``data`` → ``network``, ``fourier`` → ``training`` →
``ablation``, ``activations`` → ``stats``, ``metrics`` → ``embedding`` → ``measurements`` → ``measuring`` →
``evidence`` → ``judging`` and the claims → ``figures``, ``report``.  A room imports only rooms before it.
"""

__version__ = "0.1.0"
