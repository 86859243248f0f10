"""What asks the provider plug-ins of pygeoapi, whatever they read: features, coverages, values at places (EDR).

sources.py     the plug-ins of one application, each in a process of its own
whole.py       the grant on such a source: whole, or refused
alone.py       the isolated process; the modules below run only there
provider.py    the plug-in made, and which of its answers is wanted
selection.py, honours.py, order.py, shapes.py    pages of features, whatever the plug-in does with a condition
coverages.py, coverage_json.py    coverages and values at places, cut as asked
"""
