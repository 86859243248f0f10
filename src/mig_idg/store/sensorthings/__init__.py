"""The entities of OGC SensorThings API 1.1 (18-088), Sensing: what they are, how they are asked for, how they are kept.

Row security decides what a caller sees (`sql/replaceable/83-sensors.sql`): no statement made here can widen it.
"""
