-- What somebody signed in with, in words, so that they know their sessions apart.
ALTER TABLE session ADD COLUMN device text NOT NULL DEFAULT '';
