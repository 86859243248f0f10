from mig_idg.store.cql2.syntax import Node


def parse(text: str) -> Node:
    raise NotImplementedError


def check(node, table, crs):
    raise NotImplementedError
