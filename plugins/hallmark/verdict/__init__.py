"""How observations become findings and a verdict. Pure."""
