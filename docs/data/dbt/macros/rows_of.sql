{# The rows of a table: of the files that the manifest names now, and no others, since files are merged and replaced. #}
{% macro rows_of(table) %}
    {%- set files = [] -%}
    {%- if execute -%}
        {%- set found = run_query(
            "SELECT unnest(json_extract_string(json, '$.tables." ~ table ~ ".files[*].path')) FROM read_json_objects('"
            ~ var('dataset') ~ "manifest.json', format = 'unstructured')"
        ) -%}
        {%- set files = found.columns[0].values() -%}
    {%- endif -%}
    read_parquet([{% for file in files %}'{{ var('dataset') ~ file }}'{{ ', ' if not loop.last }}{% endfor %}],
        hive_partitioning = false)
{%- endmacro %}
