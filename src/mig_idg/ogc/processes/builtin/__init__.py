"""The processes of mig-idg: pygeoapi processors that read collections for the caller of the job.

words.py    how their descriptions are written
areas.py    where: a box, a polygon, communes, an EPT
"""
