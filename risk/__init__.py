"""The judgement: assess, explain, authorise."""
