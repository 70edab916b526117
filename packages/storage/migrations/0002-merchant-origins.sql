-- Why: a merchant's pages may frame our forms only from origins that the merchant registered. The previous release does
-- not know the table and can run on the result.

CREATE TABLE merchant_origins (
  merchant_id uuid NOT NULL,
  origin text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, origin)
);
