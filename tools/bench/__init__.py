"""What is measured: ours beside its peers and beside PostgreSQL alone, in one run. Not part of the product."""
