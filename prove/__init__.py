"""Shows what banso finds, and what it does not, on worlds whose truth is known and on real students."""
