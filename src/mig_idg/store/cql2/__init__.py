"""CQL2 (OGC 21-065): text and JSON to one tree, checked against the columns granted, compiled to bound SQL.

    text.parse, json.parse   → syntax.Node     what was written
    typing.check             → syntax.Node     known words only, types that agree, or a 400 that says where
    sql.Compiler             → SQL text with `$n`, and the values

Our own parser: that of the PyPI `cql2` takes exponential time on unbalanced parentheses, and pygeofilter accepts
unknown names (docs/decisions/our-own-cql2.md).
"""
