def condition(node, table, bind):
    raise NotImplementedError
