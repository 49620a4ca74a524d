"""The house rules that a program can check, each a pure function from a tree of modules to its breaches."""
