-- Why: two workers that claim at an endpoint at the same moment must not both count what is under way there before the other's
-- claim. Each claim changes this number, so that the one who waited for the row sees that it was outrun. The previous
-- release can run on the result: it does not count, and may at such a moment have more under way than it should.

ALTER TABLE webhook_endpoints ADD COLUMN claims bigint NOT NULL DEFAULT 0;
