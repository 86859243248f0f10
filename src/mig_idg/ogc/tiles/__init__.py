"""OGC API Tiles (OGC 20-057): vector tiles of one or several collections, tilesets, tile matrix sets, TileJSON.

grids.py      the tile matrix sets offered, Lambert-93 among them
place.py      an address `{tms}/{z}/{row}/{col}` read strictly
asked.py      what may be asked of a tile: filters, properties
draw.py       one layer of a tile: whole, thinned or sampled, drawn once for a version of the rows
tile.py       the tiles themselves
tileset.py    what a tileset is: layers, limits, links
tilejson.py   the same for MapLibre and Mapbox clients
routes.py      the routes
"""
