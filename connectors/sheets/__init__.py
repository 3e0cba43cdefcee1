"""The shared room for office tables: .xlsx, .xls, .ods and .csv as communes make them, read wholly or blamed by cell.

``book`` opens a file, ``heading`` and ``table`` find its rows by meaning, ``figure`` and ``period`` read what offices
write, ``kinds`` holds every fault in English and Vietnamese.
"""
