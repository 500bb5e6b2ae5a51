-- Who asks to be let in is a ballot, too. The table of admissions goes in the step that needs keys, once it is read.
CREATE INDEX ballots_by_ref ON ballots (purpose, ref);
