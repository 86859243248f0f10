"""How many drawn cases the tests run: 1.0 is all of them; the mutation runner starts with fewer."""

SCALE = 1.0
