-- Which version of the promise everybody was last asked for: at a start with the same one nobody is looked through.
ALTER TABLE intake ADD COLUMN agreement TEXT;
