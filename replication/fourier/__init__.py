"""Convolutions between spectra: one product of channels per frequency, in place of one per pixel and tap.

In: maps and 5×5 kernels.  Out: their correlations, with gradients.  ``waves`` leads from maps to spectra and back,
``products`` multiplies these, ``correlation`` puts them together.  The transforms are orthogonal up to a factor, so
that the rounding error is that of the plain sums.
"""

from replication.fourier.correlation import correlate as correlate, correlation_waves as correlation_waves
from replication.fourier.products import multiply as multiply
from replication.fourier.waves import waves as waves
