"""Language models behind one small protocol: what they say is text to be checked, never a fact.

They are asked for an understanding below the classifier's threshold and for prose around figures.
Nothing they return is a figure, a decision or an instruction.
"""
