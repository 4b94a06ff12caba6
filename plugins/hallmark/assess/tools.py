"""The libraries that numbers of several dimensions come from, each with its version."""

from importlib.metadata import version

NUMPY = f"numpy {version('numpy')}"
SCIPY = f"scipy {version('scipy')}"
SKLEARN = f"scikit-learn {version('scikit-learn')}"
