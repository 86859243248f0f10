"""Base Adresse Locale, versions 1.3, 1.4 and 1.5 (AITF): fields, checks of a file, levels, labels.

model       the fields of each version, the columns of our table (the model of 1.5)
checks      findings: a code, a place, a value; they know nothing else
profiles    how severe each code is, for one version
labels      what each code means, in French and in English, for the person who will mend the file
"""
