"""A company's own axes: the cells of its matrix, and how much personal care an account gets."""
