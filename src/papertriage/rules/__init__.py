"""The user's rules: the language (`schema`), reading it (`load`), what matching needs (`compile`)."""
