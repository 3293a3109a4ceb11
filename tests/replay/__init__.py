"""A server that answers as the services of papertriage's sources do, for developing and testing offline."""
