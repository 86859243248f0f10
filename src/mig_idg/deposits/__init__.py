"""Data in: what partners hand in, looked at, checked, consolidated, validated, published."""
