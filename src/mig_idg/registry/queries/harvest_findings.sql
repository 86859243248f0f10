select f.number, f.level, f.code, f.record, f.words
from harvest.finding f
where f.source = %(source)s and f.run = %(run)s
order by f.number
