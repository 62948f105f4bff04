"""The assistant.

Linear algebra gets one thread, unless the environment says otherwise: on a busy machine the threads
of OpenBLAS spin while they wait for one another, and what takes 10 ms on one takes a second on two.
It reads this when NumPy is first imported; what is large here runs in compiled loops of its own.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
