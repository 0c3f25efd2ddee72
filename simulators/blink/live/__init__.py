"""Live views of the simulated Blink: the calls that start and end one, and the relay that sends the picture."""
