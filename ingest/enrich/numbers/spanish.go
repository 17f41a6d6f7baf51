package numbers

import "strings"

func spanishTable() table {
	t := table{
		units: [10]string{
			"cero sero ?zero", "uno ?un ?una", "dos doz", "tres trez", "cuatro kuatro quatro", "cinco sinco zinco", "seis seys ceis",
			"siete ciete ziete", "ocho", "nueve nuebe",
		},
		small: [10]string{
			"diez dies", "once", "doce dose", "trece trese", "catorce catorse", "quince quinse", "dieciseis diesiseis dieziseis",
			"diecisiete diesisiete", "dieciocho diesiocho", "diecinueve diesinueve",
		},
		tens: [10]string{
			2: "veinte beinte viente veinti", 3: "treinta trenta", 4: "cuarenta", 5: "cincuenta", 6: "sesenta", 7: "setenta", 8: "ochenta", 9: "noventa",
		},
		pairs: map[int]string{
			21: "veintiuno veintiun veintiuna", 22: "veintidos", 23: "veintitres", 24: "veinticuatro", 25: "veinticinco",
			26: "veintiseis", 27: "veintisiete", 28: "veintiocho", 29: "veintinueve",
		},
		bigs: map[int]string{
			100: "cien ciento", 200: "doscientos doscientas", 300: "trescientos trescientas", 400: "cuatrocientos cuatrocientas",
			500: "quinientos quinientas", 600: "seiscientos seiscientas", 700: "setecientos setecientas sietecientos",
			800: "ochocientos ochocientas", 900: "novecientos novecientas nuevecientos",
		},
		hundred: "cientos cientas", thousand: "mil",
		times:   "veces",
		plurals: [10]string{"ceros", "", "doses", "treses", "cuatros", "cincos", "seises", "sietes", "ochos", "nueves"},
		repeats: map[int]string{2: "doble", 3: "triple", 4: "cuadruple"},
		links: []link{
			{
				again, "creo|creo que|yo creo|yo creo que|me parece|me parece que|si|si si|vale|eso es|asi es|exacto|correcto|repito|le repito|se lo repito|otra vez|de nuevo|" +
					"como dije|como le dije|es decir|o sea",
			},
			{filler, "este|esto|pues|bueno|eem|luego|despues|despues de eso|y luego|y despues|entonces|guion|raya|punto|coma|espacio|barra|por favor"},
			{filler, "seguido de|a ver|dejame ver|dejeme ver|si|vale"},
			{and, "y|i"},
			{glueWord, "es|con|mi|su|de|en|del|lo|que|el|la|los|seria|son"},
			{
				correct, "no|perdon|perdona|perdone|perdoname|disculpe|disculpa|disculpas|lo siento|quiero decir|quise decir|digo|mejor dicho|" +
					"correccion|corrijo|me equivoque|mas bien|esta mal|eso esta mal|mentira|mentiras|no mentira|no mentiras|miento|me confundi|uy no|ay perdon|uy perdon|rectifico|no es asi|ay no|no perdon|" +
					"siempre me pasa|siempre lo digo mal|siempre me equivoco|lo he dicho mal|lo dije mal|otra vez mal|sobra uno|me sobra uno|falta uno|me falta uno|me he saltado uno|me salte uno|que tonto|que tonta",
			},
			{hesitate, "espera|espere|esperate|un momento|un segundo|momento"},
			{
				restart, "empiezo de nuevo|empiezo otra vez|vuelvo a empezar|empecemos de nuevo|desde el principio|de nuevo desde el principio|" +
					"comienzo de nuevo|dejeme empezar de nuevo|dejame empezar de nuevo|otra vez desde el principio|lo repito desde el principio",
			},
			{plusWord, "mas|signo mas"},
			{area, "codigo de area|prefijo|clave lada|lada|codigo area|indicativo|codigo de ciudad"},
			{country, "lada internacional|lada internacional es|codigo internacional|codigo de pais|codigo del pais|prefijo internacional|prefijo del pais"},
			{rest, "numero|telefono|numero de telefono"},
			{extension, "extension|ext|interno|anexo"},
		},
	}
	for i, name := range t.tens {
		for v, unit := range t.units {
			if name == "" || v == 0 {
				continue
			}
			ten, one := strings.Fields(name)[0], strings.Trim(strings.Fields(unit)[0], "~?")
			t.pairs[10*i+v] += " " + ten + "i" + one + " " + ten + "y" + one
		}
	}
	return t
}
