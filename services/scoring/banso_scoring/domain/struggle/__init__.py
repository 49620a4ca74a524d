"""Who is in trouble and who of them says nothing, held against what is usual."""
