"""The monthly meeting on a projector: slides made of frozen Reports, in one file of their own."""
