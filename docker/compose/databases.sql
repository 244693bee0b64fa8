-- One database per service, and one role that may use nothing else. Passwords come from the container's environment.
\getenv password AUTH_DATABASE_PASSWORD
CREATE ROLE auth LOGIN PASSWORD :'password';
CREATE DATABASE auth OWNER auth;
REVOKE ALL ON DATABASE auth FROM PUBLIC;
\getenv password BLOG_DATABASE_PASSWORD
CREATE ROLE blog LOGIN PASSWORD :'password';
CREATE DATABASE blog OWNER blog;
REVOKE ALL ON DATABASE blog FROM PUBLIC;
\getenv password MEDIA_DATABASE_PASSWORD
CREATE ROLE media LOGIN PASSWORD :'password';
CREATE DATABASE media OWNER media;
REVOKE ALL ON DATABASE media FROM PUBLIC;
-- Who watches may see statistics, and no data.
\getenv password MONITORING_DATABASE_PASSWORD
CREATE ROLE monitoring LOGIN PASSWORD :'password' IN ROLE pg_monitor;
