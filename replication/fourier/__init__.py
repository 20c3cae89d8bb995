"""Convolutions in the frequency domain: one product of channels per frequency instead of one per pixel and tap.

In: maps and 5×5 kernels.  Out: their correlations, with gradients.  ``waves`` transforms maps to spectra and back,
``products`` multiplies spectra, ``correlation`` combines both.  The transforms are orthogonal up to a factor, so
rounding errors are as small as those of direct summation.
"""

from replication.fourier.correlation import correlate as correlate, correlation_waves as correlation_waves
from replication.fourier.products import multiply as multiply
from replication.fourier.waves import waves as waves
