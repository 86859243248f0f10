"""Pages: templates, styles and scripts served by ourselves. No rule is decided here, no row is read.

pages.py      a named page and what it shows → HTML
frame.py      what surrounds every page: title, language, who is asking
words.py      dates, numbers and sentences as people write them
map.py        what a map is told to draw
listing.py    long lists put in order
assets.py     static files, named by their content
routes.py      `/static/…`, `/favicon.ico`, `/robots.txt`
templates/    Jinja2, French first, English second
"""
