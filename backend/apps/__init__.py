"""The applications. None imports another; what two need is in `backend.kernel`."""
