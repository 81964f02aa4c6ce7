"""Reports: outcome frame -> statistic -> released result -> figure and table.

Pure: no database, web or clock. `reports.frames` checks what comes in, `reports.stats` answers one
question a file, `reports.disclosure` holds small numbers back, `reports.figures` and
`reports.tables` show what was released, and `reports.catalogue` declares which reports there are.
"""
