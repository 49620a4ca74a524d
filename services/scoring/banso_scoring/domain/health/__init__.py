"""How accounts fare: metrics, the score, its bands, and the ways in which customers succeed."""
