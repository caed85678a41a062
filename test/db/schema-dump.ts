import type { Client } from 'pg';

/**
 * The schema as deterministic SQL text: tables, indexes, functions, triggers and the rights of the
 * service. Read from the catalog, because the bundled Postgres has no pg_dump. Comments and owners
 * are left out.
 */
export const dumpSchema = async (client: Client): Promise<string> => {
  const parts: string[] = [];
  for (const query of [TABLES, INDEXES, FUNCTIONS, TRIGGERS, TABLE_GRANTS, COLUMN_GRANTS]) {
    const { rows } = await client.query<{ text: string }>(query);
    parts.push(...rows.map(({ text }) => `${text};`));
  }
  return `${parts.join('\n\n')}\n`;
};

/** node-pg-migrate's own table is not part of our schema. */
const OURS = `pg_class.relnamespace = 'public'::regnamespace and pg_class.relname not like 'migrations%'`;

const TABLES = `
  select format(E'create table %I (\\n%s\\n)', relname, string_agg('  ' || line, E',\\n' order by place, line)) as text
  from pg_class cross join lateral (
    select attnum::integer as place, concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod),
        case when attcollation <> 0 and collname <> 'default' then 'collate ' || quote_ident(collname) end,
        'default ' || pg_get_expr(adbin, adrelid), case when attnotnull then 'not null' end) as line
      from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum left join pg_collation on pg_collation.oid = attcollation
      where attrelid = pg_class.oid and attnum > 0 and not attisdropped
    union all
    select 10000 + position(contype::text in 'pufc'), 'constraint ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where conrelid = pg_class.oid and contype in ('p', 'u', 'f', 'c')
  ) as lines
  where relkind = 'r' and ${OURS} group by relname order by relname`;

const INDEXES = `
  select pg_get_indexdef(indexrelid) as text from pg_index join pg_class on pg_class.oid = indexrelid
  where ${OURS} and not exists (select from pg_constraint where conindid = indexrelid) order by relname`;

const FUNCTIONS = `
  select rtrim(pg_get_functiondef(oid), E'\\n') as text from pg_proc where pronamespace = 'public'::regnamespace order by proname`;

const TRIGGERS = `
  select pg_get_triggerdef(pg_trigger.oid) as text from pg_trigger join pg_class on pg_class.oid = tgrelid
  where not tgisinternal and ${OURS} order by relname, tgname`;

const TABLE_GRANTS = `
  select format('grant %s on %I to %I', string_agg(lower(privilege_type), ', ' order by privilege_type), table_name, grantee) as text
  from information_schema.role_table_grants where table_schema = 'public' and grantee in ('PUBLIC', 'one_matter_service')
  group by table_name, grantee order by table_name, grantee`;

const COLUMN_GRANTS = `
  select format('grant %s (%s) on %I to %I', lower(privilege_type), string_agg(quote_ident(column_name), ', ' order by column_name),
    table_name, grantee) as text
  from information_schema.role_column_grants as columns
  where table_schema = 'public' and grantee in ('PUBLIC', 'one_matter_service') and not exists (
    select from information_schema.role_table_grants as tables
    where (tables.table_name, tables.grantee, tables.privilege_type) = (columns.table_name, columns.grantee, columns.privilege_type))
  group by privilege_type, table_name, grantee order by table_name, privilege_type, grantee`;
