-- Why: saved cards that are nobody's and that no mandate allows to charge are found when their time is up; a credential set
-- may have fewer permissions than its kind. The previous release can run on the result: it keeps such cards, and gives each
-- set all permissions of its kind.

CREATE INDEX payment_methods_of_nobody ON payment_methods (created_at) WHERE state = 'usable' AND customer_id IS NULL;

ALTER TABLE api_clients ADD COLUMN permissions text[];
