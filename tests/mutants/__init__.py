"""Small faults, put into the code one at a time: does a test beside it notice? (`make mutants`)"""
