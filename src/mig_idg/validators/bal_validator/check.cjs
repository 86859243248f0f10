/*
 * The official validator of Base Adresse Locale, run on one file; findings leave as NDJSON on standard output.
 *
 *   node check.cjs MODULES FILE PROFILE|- TABLE|-
 *
 * Its one network call (the identifier that the BAN gives to a commune) is answered from TABLE, a CSV of
 * `code_insee;id_ban_commune`, and never leaves the machine. What it throws at (UTF-16, archives) is a line too.
 * Small files go through its public API. Large ones go through the very functions that it calls, row by row, because
 * the public API keeps everything it read: 200 000 addresses would take more than a gigabyte.
 */
'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const [modules, file, wanted, table] = process.argv.slice(2);
const load = createRequire(path.join(modules, 'index.js'));
const WHOLE = 3_000_000; // bytes above which rows are not kept
const SHOWN = 1000; // findings told for each code; the others are counted
const KEPT = [
  'id_ban_commune', 'id_ban_toponyme', 'id_ban_adresse', 'numero', 'suffixe', 'voie_nom', 'toponyme',
  'lieudit_complement_nom', 'commune_insee', 'commune_deleguee_insee',
]; // what the checks across rows read

let buffered = [];
function tell(what) {
  buffered.push(JSON.stringify(what));
  if (buffered.length > 500) flush();
}
function flush() {
  if (buffered.length) fs.writeSync(1, buffered.join('\n') + '\n');
  buffered = [];
}

function answerFromTable() {
  const known = new Map();
  if (table !== '-') {
    for (const line of fs.readFileSync(table, 'utf8').split(/\r?\n/).slice(1)) {
      const [commune, id] = line.split(';');
      if (id) known.set(commune, id.trim());
    }
  }
  globalThis.fetch = async (url) => {
    const id = known.get(String(url).split('/').pop());
    return id
      ? { ok: true, json: async () => ({ status: 'success', response: [{ id }] }) }
      : { ok: false, json: async () => ({ message: 'unknown commune' }) };
  };
  console.error = () => {}; // it says on standard error which communes it does not know
}

/* Lines of the spreadsheet: the validator skips empty ones and counts from 0 after the header. */
function spreadsheetLines(Papa, text, delimiter) {
  if (!/(^|\r\n|\n|\r)(\r\n|\n|\r)/.test(text)) return (rank) => rank + 2;
  const lines = [];
  let line = 0;
  Papa.parse(text, {
    delimiter,
    skipEmptyLines: false,
    step: ({ data }) => {
      line += 1;
      if (!(data.length === 1 && data[0].length === 0)) lines.push(line);
    },
  });
  return (rank) => lines[rank + 1] ?? rank + 2;
}

function outcome(validator, profile, result, lineOf) {
  const counts = {};
  const emit = (finding) => {
    counts[finding.code] = (counts[finding.code] ?? 0) + 1;
    if (counts[finding.code] <= SHOWN) tell(finding);
  };
  let errors = 0;
  const told = new Set();
  for (const row of result.rows) {
    for (const { code, schemaName, level } of row.errors) {
      told.add(code);
      const name = code.split('.')[0];
      emit({
        line: lineOf(row.line), code, level, label: validator.getLabel(code), column: schemaName ?? null,
        value: schemaName === undefined ? null : row.values[name] ?? null, fix: row.fixes[name] ?? null,
      });
    }
  }
  for (const { code, level } of result.profilErrors) {
    if (level === 'E') errors += 1;
    if (!told.has(code)) emit({ line: null, code, level, label: validator.getLabel(code), column: null, value: null });
  }
  tell({
    end: true, parsed: true, profile, valid: errors === 0, rows: result.count, encoding: result.encoding,
    delimiter: result.delimiter, counts,
  });
}

function slim(row) {
  const values = {};
  const fixes = {};
  for (const { code, schemaName } of row.errors) {
    const name = code.split('.')[0];
    if (schemaName !== undefined) values[name] = row.rawValues[name];
  }
  for (const [name, remediation] of Object.entries(row.remediations)) fixes[name] = remediation.value;
  return { line: row.line, errors: row.errors, values, fixes };
}

function refuse(result, lineOf) {
  const shown = {};
  for (const error of result.parseErrors) {
    shown[error.code] = (shown[error.code] ?? 0) + 1;
    if (shown[error.code] > SHOWN) continue;
    tell({
      line: error.row === undefined ? null : lineOf(error.row), code: `file.parse.${error.code}`, level: 'E',
      label: error.message, column: null, value: null,
    });
  }
  tell({
    end: true, parsed: false, profile: null, valid: false, rows: null, encoding: result.encoding,
    delimiter: result.delimiter, counts: {},
  });
}

async function whole(validator, Papa, text, buffer) {
  const options = wanted === '-' ? {} : { profile: wanted };
  const result = await validator.validate(buffer, options);
  const lineOf = spreadsheetLines(Papa, text(result.encoding), result.delimiter);
  if (!result.parseOk) return refuse(result, lineOf);
  result.count = result.rows.length;
  result.rows = result.rows.map(slim);
  outcome(validator, result.profile, result, lineOf);
}

async function streamed(validator, Papa, content, encoding) {
  const dist = '@ban-team/validateur-bal/dist/';
  const { validateRow } = load(dist + 'validate/rows');
  const { computeFields } = load(dist + 'validate/fields');
  const { validateFile } = load(dist + 'validate/file');
  const { validateProfile } = load(dist + 'validate/profiles');
  const schema = load(dist + 'schema').default;
  const { getMapCodeCommuneBanId } = load(dist + 'utils/ban');
  const fatal = new Set(['MissingQuotes', 'UndetectableDelimiter', 'TooFewFields', 'TooManyFields']);
  const globalErrors = new Set();
  const rows = [];
  const parseErrors = [];
  const strings = new Map();
  const once = (value) => {
    if (typeof value !== 'string') return value;
    const known = strings.get(value);
    if (known !== undefined) return known;
    const own = Buffer.from(value, 'utf8').toString('utf8'); // a slice would keep the whole text
    if (value.length !== 36 && strings.size < 50_000) strings.set(own, own); // an identifier is met once
    return own;
  };
  let fields = null;
  let byName = null;
  let meta = null;
  let failed = null;
  process.on('unhandledRejection', () => {}); // told below by the row that did not end
  // validateRow is asynchronous by its signature only: its row is taken when its last step ends, or every row would
  // be kept until the whole text is parsed
  let seen = null;
  const checkRow = schema.row;
  schema.row = (row, context) => {
    checkRow(row, context);
    seen = row;
  };
  Papa.parse(content, {
    delimitersToGuess: [',', '\t', ';'], skipEmptyLines: true, header: true,
    step: (result) => {
      meta ??= { ...result.meta };
      const rank = rows.length;
      for (const error of result.errors) if (parseErrors.length < 5000) parseErrors.push({ ...error, row: rank });
      if (parseErrors.some((error) => fatal.has(error.code))) {
        rows.length += 1;
        return;
      }
      if (fields === null) {
        fields = computeFields(meta.fields, { globalErrors }).fields;
        byName = Object.fromEntries(fields.map((field) => [field.name, field]));
        meta.notFound = Object.keys(schema.fields).filter((name) => !fields.some((f) => f.schemaName === name && !f.locale));
      }
      seen = null;
      validateRow(result.data, { indexedFields: byName, line: rank });
      failed ??= seen === null ? new Error('row') : null;
      rows.push(seen === null ? null : kept(seen, once));
    },
  });
  schema.row = checkRow;
  if (failed) throw failed;
  const lineOf = spreadsheetLines(Papa, content, meta?.delimiter);
  if (parseErrors.some((error) => fatal.has(error.code))) {
    return refuse({ parseErrors, encoding, delimiter: meta?.delimiter }, lineOf);
  }
  const mapCodeCommuneBanId = await getMapCodeCommuneBanId(rows);
  schema.rows(rows, { addError: (code) => globalErrors.add(`rows.${code}`), mapCodeCommuneBanId });
  validateFile({ linebreak: meta.linebreak, encoding, delimiter: meta.delimiter }, { globalErrors });
  const unique = new Set(globalErrors);
  for (const row of rows) for (const { code } of row.errors) unique.add(code);
  const has = (name) => fields.some(({ schemaName }) => schemaName === name);
  const identified = has('id_ban_commune') && has('id_ban_toponyme') && has('id_ban_adresse');
  const profile = wanted !== '-' ? wanted : identified ? (has('toponyme') ? '1.5' : '1.4') : '1.3';
  const { getErrorLevel, profiles } = validator;
  const format = profiles[profile].format;
  const known = schema.fields;
  for (const row of rows) {
    if (row.errors.length === 0) continue;
    row.errors = row.errors
      .filter(({ schemaName }) => known[schemaName] === undefined || known[schemaName].formats?.includes(format))
      .map((error) => ({ ...error, level: getErrorLevel(profile, error.code) }));
  }
  const { profilErrors } = validateProfile({ rows: [], uniqueErrors: [...unique], notFoundFields: [] }, profile);
  outcome(validator, profile, { rows, count: rows.length, profilErrors, encoding, delimiter: meta.delimiter }, lineOf);
}

const NONE = Object.freeze({});
const REMEDIATIONS = {}; // what the checks across rows propose is not used: one place for all

function kept(row, once) {
  const parsedValues = {};
  for (const name of KEPT) if (row.parsedValues[name] !== undefined) parsedValues[name] = once(row.parsedValues[name]);
  const { uid_adresse: uid, cle_interop: key } = row.additionalValues;
  let additionalValues = NONE;
  if (uid || key) {
    additionalValues = {};
    if (uid) additionalValues.uid_adresse = uid;
    if (key) additionalValues.cle_interop = { codeCommune: once(key.codeCommune), codeVoie: once(key.codeVoie) };
  }
  const own = { line: row.line, errors: row.errors, values: NONE, fixes: NONE, parsedValues, additionalValues };
  own.remediations = REMEDIATIONS;
  if (row.errors.length) {
    const told = slim(row);
    for (const name of Object.keys(told.values)) told.values[name] = once(told.values[name]);
    own.values = told.values;
    own.fixes = told.fixes;
  }
  return own;
}

async function main() {
  answerFromTable();
  const validator = load('@ban-team/validateur-bal');
  const Papa = load('papaparse');
  const iconv = load('iconv-lite');
  let buffer = fs.readFileSync(file);
  const text = (encoding) => iconv.decode(buffer, encoding).replace(/^\ufeff/, '');
  if (buffer.length <= WHOLE) return whole(validator, Papa, text, buffer);
  const { detectBufferEncoding } = load('@ban-team/validateur-bal/dist/validate/parse/detect-encoding');
  const encoding = detectBufferEncoding(buffer);
  const content = text(encoding);
  buffer = null;
  return streamed(validator, Papa, content, encoding);
}

main().then(flush, (error) => {
  tell({ end: true, failure: String(error?.message ?? error), parsed: false, valid: false, counts: {} });
  flush();
});
