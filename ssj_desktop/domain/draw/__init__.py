"""The verifiable draw, algorithm cs1: a pure function of printed text."""
