"""The conversation that every bot is asked to hold: ten questions with three buttons each, and then handing in."""

COUNT = 10
OPTIONS = ("Ja", "Tveksam", "Nej")
MARK = "vill vi det här"  # only a question holds this
TEXT = "Fråga {n}: " + MARK + ", och tror vi att det går att genomföra hos oss under det år som kommer?"
DONE = "bench-done"  # a message that holds this asks nothing more
