-- Why: a merchant's pages show the merchant's name, logo and colours; a cardholder may wish that the card they save becomes
-- their default. The previous release does not know the table, leaves the column at its default, and can run on the result.

CREATE TABLE merchant_branding (
  merchant_id uuid NOT NULL,
  display_name text,
  accent text,
  accent_dark text,
  background text,
  background_dark text,
  radius integer,
  homepage_url text,
  logo_digest text,
  logo_format text CHECK (logo_format IN ('png', 'jpeg', 'webp')),
  logo_width integer,
  logo_height integer,
  logo bytea,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id),
  CHECK (num_nulls(logo_digest, logo_format, logo_width, logo_height, logo) IN (0, 5))
);

ALTER TABLE setup_attempts ADD COLUMN makes_default boolean NOT NULL DEFAULT false;
