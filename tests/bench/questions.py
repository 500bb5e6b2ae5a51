"""The conversation both bots are asked to hold: ten questions with three buttons each."""

COUNT = 10
OPTIONS = ("Ja", "Tveksam", "Nej")
TEXT = "Fråga {n}: vill vi det här, och tror vi att det går att genomföra hos oss under det år som kommer?"
