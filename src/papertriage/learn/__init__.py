"""What the user's decisions teach: a linear model over words, and suggestions for the rules; no I/O."""
