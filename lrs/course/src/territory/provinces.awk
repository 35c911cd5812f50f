# Makes the rows of provinces.tsv of ISTAT's list of municipalities:
#
#   iconv -f WINDOWS-1252 -t UTF-8 Elenco-comuni-italiani.csv | awk -f provinces.awk | LC_ALL=C sort
#
# Fields of the list: 5 code of the municipality, 11 region, 12 province, 15 car plate.
BEGIN { FS = ";"; OFS = "\t" }

$5 ~ /^[0-9][0-9][0-9][0-9][0-9][0-9]$/ {
    province = substr($5, 1, 3)
    head[province] = province OFS $15 OFS $12 OFS $11 OFS ""
    is[province, substr($5, 4) + 0] = 1
}

END {
    for (province in head) {
        numbers = ""
        for (n = 1; n <= 999; n++) {
            if (!((province, n) in is)) continue
            last = n
            while ((province, last + 1) in is) last++
            numbers = numbers (numbers == "" ? "" : " ") (last > n ? n "-" last : n)
            n = last
        }
        print head[province], numbers
    }
}
